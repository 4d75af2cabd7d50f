"""The same file as an untidy author might have written it: other layout, shuffled keys, comments everywhere."""

from __future__ import annotations

import random

from ourword.contract.source import Listing, Mapping, Node, Scalar, tree


def untidy(text: str, seed: int) -> str:
    """Write the text's tree anew with a layout chosen by chance; comments are `#c1`, `#c2`, …"""
    return _Untidy(random.Random(seed)).whole(tree(text.encode(), file="sample.yaml"))


class _Untidy:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.comments = 0
        self.chatty = chance.choice([0, 0.1, 0.5])
        self.flowing = chance.choice([0, 0.3, 0.9])
        self.step = chance.choice([1, 2, 4])

    def whole(self, root: Mapping) -> str:
        lines = [*self.above(""), *self.mapping(root, "")]
        return "\n".join(lines) + self.chance.choice(["", "\n", "\n\n# the end #c0\n"])

    def comment(self) -> str:
        self.comments += 1
        return f"#c{self.comments}" + self.chance.choice(["", " why", ": {x}, [y]", " # again", " 'quoted"])

    def above(self, indent: str) -> list[str]:
        lines: list[str] = []
        while self.chance.random() < self.chatty:
            lines += self.chance.choice([[indent + self.comment()], ["", indent + self.comment()], [self.comment()], ["", ""]])
        return lines

    def beside(self) -> str:
        return f"{self.chance.choice([' ', '   '])}{self.comment()}" if self.chance.random() < self.chatty else ""

    def entries(self, node: Mapping) -> list[tuple[str, Node]]:
        entries = [(name, value) for name, (_, value) in node.entries.items()]
        if node.flow or self.chance.random() < 0.5:
            self.chance.shuffle(entries)
        return entries

    def mapping(self, node: Mapping, indent: str) -> list[str]:
        lines: list[str] = []
        for name, value in self.entries(node):
            lines += self.above(indent)
            lines += self.under(f"{indent}{name}:", value, indent + " " * self.step)
        return lines

    def under(self, opening: str, value: Node, indent: str) -> list[str]:
        if isinstance(value, Scalar) or self.chance.random() < self.flowing:
            written = self.scalar(value) if isinstance(value, Scalar) else self.flow(value, indent)
            return [f"{opening} {written}{self.beside()}"]
        if not (value.entries if isinstance(value, Mapping) else value.items):
            return [f"{opening} {'{}' if isinstance(value, Mapping) else '[]'}{self.beside()}"]
        block = self.mapping(value, indent) if isinstance(value, Mapping) else self.listing(value, indent)
        return [opening + self.beside(), *block]

    def listing(self, node: Listing, indent: str) -> list[str]:
        lines: list[str] = []
        for item in node.items:
            lines += self.above(indent)
            if isinstance(item, Mapping) and item.entries and self.chance.random() < 0.5:
                block = self.mapping(item, indent + "  ")
                while not block[0].strip() or block[0].lstrip().startswith("#"):
                    lines.append(block.pop(0))
                lines += [f"{indent}- {block[0][len(indent) + 2 :]}", *block[1:]]
            else:
                lines += self.under(f"{indent}-", item, indent + "  ")
        return lines

    def flow(self, node: Node, indent: str) -> str:
        if isinstance(node, Scalar):
            return self.scalar(node, flow=True)
        inside = [self.flow(item, indent) for item in node.items] if isinstance(node, Listing) else self.pairs(node, indent)
        opened, closed = "[]" if isinstance(node, Listing) else "{}"
        text = opened
        for number, part in enumerate(inside):
            text += part + ("," if number < len(inside) - 1 else self.chance.choice(["", ","]))
            if self.chance.random() < self.chatty / 3:
                text += f" {self.comment()}\n{indent} "
            elif self.chance.random() < 0.1:
                text += f"\n{indent} "
            else:
                text += " "
        return text + closed

    def pairs(self, node: Mapping, indent: str) -> list[str]:
        return [f"{name}: {self.flow(value, indent)}" for name, value in self.entries(node)]

    def scalar(self, node: Scalar, *, flow: bool = False) -> str:
        safe = not flow or not set(node.text) & set(",[]{}")
        if node.style == "" and node.text and safe and self.chance.random() < 0.7:
            return node.text
        if self.chance.random() < 0.5:
            return "'" + node.text.replace("'", "''") + "'"
        return '"' + node.text.replace("\\", "\\\\").replace('"', '\\"') + '"'
