# A program of CPU work, or one of threads.
node --version >&2
node "$1.js"
