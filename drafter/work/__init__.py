"""Drafting as work that outlives the process it began in.

A work is an order to write the sections of a draft that have no text. Its row, and what each of its sections
has so far, are in the store, where every process sees them; a durable workflow of DBOS (drafter.work.engine)
carries it out, in this process or another, and after a crash in whichever is there. A section that is
finished is committed before anybody is told of it, and is never written again.
"""
