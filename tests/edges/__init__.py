"""Fakes of what a box reaches besides its own files; everything of ours above them is real."""
