import Glibc

/// Lines for who waits; results go to stdout.
enum Progress {
  static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
