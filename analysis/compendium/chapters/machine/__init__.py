"""The chapter on the text classifier: training, evaluation, and its use on presidents' messages."""
