"""What an edit of the pages changes: for people who have done what they say, and in words."""
