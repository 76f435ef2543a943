import Glibc

/// Small files, read whole.
enum TextFile {
  private static let limit = 4 << 20

  static func read(_ path: String) throws(ResourceFolder.Fault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { throw fault(path) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      if bytes.count > limit { throw ResourceFolder.Fault(description: "\(path) has more than \(limit) octets") }
    }
  }

  private static func fault(_ path: String) -> ResourceFolder.Fault {
    ResourceFolder.Fault(description: "\(path): \(String(cString: strerror(errno)))")
  }
}
