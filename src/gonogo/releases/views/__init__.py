"""Views: what the pages and the front page show of a run or a plan."""
