"""A draft comes back from a word processor: what was edited, section by section, taken or left."""
