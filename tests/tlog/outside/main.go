// Command outside verifies the log of a home with Go's own golang.org/x/mod/sumdb, and nothing of ours.
//
//	outside LOGDIR KEYFILE [OLD-CHECKPOINT | RECEIPT ENTRYFILE]
//
// With PRUNED=N in the environment the first N entries are past retention: their bundles need not be there, and are proved by their hashes.
//
// It prints the root and ends with 0 where all holds; otherwise it says what does not, and ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(what string, parts ...interface{}) {
	fmt.Printf(what+"\n", parts...)
	os.Exit(1)
}

func read(path string) []byte {
	found, err := os.ReadFile(path)
	if err != nil {
		fail("cannot be read: %v", err)
	}
	return found
}

// openCheckpoint reads origin, size and root; the go command's own checkpoints have another first line.
func openCheckpoint(written []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(written, note.VerifierList(verifier))
	if err != nil {
		fail("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("checkpoint: not laid out as one: %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := tlog.ParseHash(lines[2])
	if err != nil || err2 != nil {
		fail("checkpoint: %v %v", err, err2)
	}
	return tlog.Tree{N: size, Hash: root}
}

// tiles reads tiles from the folder; C2SP leaves the height, which is always 8, out of the path.
type tiles string

func (log tiles) Height() int                         { return 8 }
func (log tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (log tiles) ReadTiles(all []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range all {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		written, err := os.ReadFile(filepath.Join(string(log), filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		found = append(found, written)
	}
	return found, nil
}

func bundle(log string, number, width int64) [][]byte {
	tile := tlog.Tile{H: 8, L: -1, N: number, W: int(width)} // level -1 is what Go calls data
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	written := read(filepath.Join(log, filepath.FromSlash(path)))
	var entries [][]byte
	for len(written) > 0 {
		if len(written) < 2 || len(written) < 2+int(binary.BigEndian.Uint16(written)) {
			fail("%s breaks off", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(written))
		entries, written = append(entries, written[2:end]), written[end:]
	}
	if int64(len(entries)) != width {
		fail("%s holds %d entries, not %d", path, len(entries), width)
	}
	return entries
}

// gone gives the hashes of entries whose bundle is not there, from the tile of hashes above it.
func gone(log string, number int64) []tlog.Hash {
	tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
	written := read(filepath.Join(log, filepath.FromSlash(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))))
	var hashes []tlog.Hash
	for ; len(written) >= tlog.HashSize; written = written[tlog.HashSize:] {
		var hash tlog.Hash
		copy(hash[:], written)
		hashes = append(hashes, hash)
	}
	return hashes
}

func main() {
	pruned, _ := strconv.ParseInt(os.Getenv("PRUNED"), 10, 64)
	log := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(os.Args[2]))))
	if err != nil {
		fail("key: %v", err)
	}
	if len(os.Args) == 5 {
		checkReceipt(read(os.Args[3]), read(os.Args[4]), verifier)
		return
	}
	tree := openCheckpoint(read(filepath.Join(log, "checkpoint")), verifier)
	reader := tlog.TileHashReader(tree, tiles(log))
	for start := int64(0); start < tree.N; start += 256 {
		width := tree.N - start
		if width > 256 {
			width = 256
		}
		var hashes []tlog.Hash
		if start < pruned {
			hashes = gone(log, start/256)
		} else {
			for _, entry := range bundle(log, start/256, width) {
				hashes = append(hashes, tlog.RecordHash(entry))
			}
		}
		for at, hash := range hashes {
			index := start + int64(at)
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				fail("entry %d: %v", index+1, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash); err != nil {
				fail("entry %d: %v", index+1, err)
			}
		}
	}
	if len(os.Args) == 4 {
		old := openCheckpoint(read(os.Args[3]), verifier)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		if err != nil {
			fail("old checkpoint: %v", err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			fail("old checkpoint: %v", err)
		}
	}
	fmt.Println(base64.StdEncoding.EncodeToString(tree.Hash[:]))
}

func checkReceipt(receipt, entry []byte, verifier note.Verifier) {
	above, below, parted := bytes.Cut(receipt, []byte("\n\n"))
	lines := strings.Split(string(above), "\n")
	if !parted || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[2], "index ") {
		fail("receipt: not laid out as one")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		fail("receipt: %v", err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			fail("receipt: %v", err)
		}
		proof = append(proof, hash)
	}
	tree := openCheckpoint(below, verifier)
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		fail("receipt: %v", err)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(tree.Hash[:]))
}
