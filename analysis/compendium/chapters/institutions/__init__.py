"""The chapter on laws and bodies created on either side."""
