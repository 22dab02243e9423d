"""The official copy: a Draft as a .docx set by GB/T 9704—2012, and any .docx as lines of text.

Only this room touches WordprocessingML.
"""
