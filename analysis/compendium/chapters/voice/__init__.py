"""The chapter on the partners' voice: what partners say compared with what destinations say."""
