import Glibc

/// A path for a database that goes away with this object.
final class TemporaryDatabase: Sendable {
  let path: String

  init() {
    path = "/tmp/sqlite-tests-\(getpid())-\(UInt64.random(in: 0..<UInt64.max)).db"
  }

  deinit {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }
}
