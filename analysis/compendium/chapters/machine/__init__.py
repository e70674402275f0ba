"""The chapter on the text classifier: training, evaluation, and presidents' messages."""
