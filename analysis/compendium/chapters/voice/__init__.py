"""The chapter on voice: what partners say compared with what destinations say."""
