"""Review: is the document complete, and is its language in order? Rules are data; here are their kinds."""
