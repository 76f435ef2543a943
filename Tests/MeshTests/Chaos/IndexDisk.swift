import Foundation
import Glibc
import Subprocess

/// A small file system of its own for the index, which can be filled.
struct IndexDisk: Sendable {
  private let folder: String

  /// Makes the folder and mounts a tmpfs there; nil where mounting is refused.
  init?(_ folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard mount("tmpfs", folder, "tmpfs", 0, "size=128m") == 0 else { return nil }
  }

  private var ballast: String { folder + "/ballast" }

  /// Leaves no room.
  func fill() {
    let file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    // To the last page: first by large pieces, then by small ones.
    for size in [zeros.count, 4096] { while write(file, zeros, size) > 0 {} }
  }

  func empty() { unlink(ballast) }

  /// Takes the file system away and leaves the index in the folder itself.
  func keep() throws {
    let copy = folder + ".copy"
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    discard()
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.moveItem(atPath: copy, toPath: folder)
  }

  /// Takes the file system away, with the index on it.
  func discard() { umount2(folder, Int32(MNT_DETACH)) }
}

/// The largest file that a running process may write (RLIMIT_FSIZE); one that ignores SIGXFSZ sees EFBIG beyond it.
enum FileSizeLimit {
  static func set(_ octets: Int, of process: Int32) -> Bool {
    (try? Subprocess.run(["prlimit", "--pid", "\(process)", "--fsize=\(octets):"]))?.status == 0
  }

  static func lift(of process: Int32) {
    _ = try? Subprocess.run(["prlimit", "--pid", "\(process)", "--fsize=unlimited:"])
  }
}
