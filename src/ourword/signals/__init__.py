"""The signals of a home: opened, answered, waived."""
