"""Which notebooks exist, whether they are out of date, and how they are executed."""
