import Daemon
import Glibc
import JSON
import Tokens

/// The folder of one mesh's data, held by one process at a time.
struct DataDirectory {
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  let path: String
  private let lock: Int32

  /// Makes the folder when it is missing. Waits up to three seconds for a mesh that is just ending.
  init(path: String) throws(Fault) {
    self.path = path
    try Self.makeFolder(path)
    lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Fault(description: "\(path)/lock: \(String(cString: strerror(errno)))") }
    var attempts = 0
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      attempts += 1
      if attempts > 60 {
        throw Fault(description: "\(path) is in use by another mesh: stop it, or choose another folder with --data")
      }
      usleep(50_000)  // no loop runs yet that could wait instead
    }
  }

  /// A folder within, made when missing.
  func folder(_ name: String) throws(Fault) -> String {
    try Self.makeFolder(path + "/" + name)
    return path + "/" + name
  }

  /// The secrets of this mesh, made at random the first time (mode 0600).
  func secrets() throws(Fault) -> [String: String] {
    let file = path + "/secrets.json"
    if let bytes = try read(file) {
      guard case .object(let members)? = try? JSONValue(parsing: bytes) else {
        throw Fault(description: "\(file) is not a JSON object; mend it, or delete it to have new secrets made")
      }
      var secrets: [String: String] = [:]
      for member in members {
        guard case .string(let text) = member.value else {
          throw Fault(description: "\(file): \(member.name) is not a string")
        }
        secrets[member.name] = text
      }
      return secrets
    }
    var secrets: [String: String] = [:]
    var writer = JSONWriter()
    writer.object { object in
      for name in ["jwt-secret", "dapr-api-token", "app-api-token"] {
        let secret = Base64.url.encode(SecureRandom.bytes(32))
        secrets[name] = secret
        object.key(named: name)
        object.string(secret)
      }
    }
    try write(file, writer.bytes + [UInt8(ascii: "\n")])
    return secrets
  }

  private static func makeFolder(_ path: String) throws(Fault) {
    do throws(DataFolder.Fault) { try DataFolder.make(path) } catch { throw Fault(description: error.description) }
  }

  private func read(_ file: String) throws(Fault) -> [UInt8]? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Fault(description: "\(file): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw Fault(description: "\(file): \(String(cString: strerror(errno)))") }
    return Array(bytes[..<count])
  }

  private func write(_ file: String, _ bytes: [UInt8]) throws(Fault) {
    // Whole or not at all: a mesh killed here must not leave half a secret.
    let partial = file + ".new"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
      close(descriptor) == 0, rename(partial, file) == 0
    else { throw Fault(description: "\(file): \(String(cString: strerror(errno)))") }
  }
}
