# A program of CPU work, or one of threads: compiled and run.
javac -d . "$1.java"
java -version >&2
java -cp . "$1"
