"""The shell of the pages: frame, front page, sign-in, people, audit; and the files every room's pages build on."""
