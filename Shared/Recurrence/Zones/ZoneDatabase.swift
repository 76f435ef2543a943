import Glibc
import Synchronization

/// The IANA zones of a directory of TZif files, each read once. New tzdata is seen after a restart.
public final class ZoneDatabase: Sendable {
  /// The directory that Debian's tzdata fills.
  public static let systemDirectory = "/usr/share/zoneinfo"

  private let directory: String
  private let zones = Mutex<[String: TimeZoneRules]>([:])

  /// Reads nothing yet.
  public init(directory: String = ZoneDatabase.systemDirectory) { self.directory = directory }

  /// The rules of an IANA zone, whose name is case-sensitive: `Europe/Paris`.
  /// - Throws: `unknownZone`; `missingDirectory`, `unreadable` and `malformed` tell of the installation.
  public func zone(named name: String) throws(TimeZoneError) -> TimeZoneRules {
    if let known = zones.withLock({ $0[name] }) { return known }
    guard Self.isPlausible(name) else {
      throw TimeZoneError(code: .unknownZone, zone: name, reason: "expected an IANA name such as Europe/Paris")
    }
    let zone = try TimeZoneRules(name: name, tzif: try read(name))
    zones.withLock { $0[name] = zone }
    return zone
  }

  /// Whether `name` is made as IANA names are (theory.html, "Names"). All begin with a capital letter, which keeps out `..`,
  /// absolute paths and what else lies in the directory: tables, `localtime`, the leap-second zones under `right`.
  private static func isPlausible(_ name: String) -> Bool {
    guard name.utf8.count <= 64, let first = name.utf8.first, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first else {
      return false
    }
    return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy {
          UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
            || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
    }
  }

  private func read(_ name: String) throws(TimeZoneError) -> [UInt8] {
    let path = "\(directory)/\(name)"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw openFault(errno, name, path) }
    defer { close(descriptor) }
    // Real files have some 2 KiB.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
      }
      if got < 0 && errno == EINTR { continue }
      if got < 0 && errno == EISDIR { throw unknown(name) }
      guard got >= 0 else {
        throw TimeZoneError(code: .unreadable, zone: name, reason: "cannot read \(path) (\(Self.text(of: errno)))")
      }
      if got == 0 { break }
      count += got
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private func openFault(_ code: CInt, _ name: String, _ path: String) -> TimeZoneError {
    guard code == ENOENT || code == ENOTDIR else {
      return TimeZoneError(code: .unreadable, zone: name, reason: "cannot open \(path) (\(Self.text(of: code)))")
    }
    guard access(directory, F_OK) == 0 else {
      return TimeZoneError(
        code: .missingDirectory, zone: name,
        reason: "the directory \(directory) is not there; install the package tzdata")
    }
    return unknown(name)
  }

  private func unknown(_ name: String) -> TimeZoneError {
    TimeZoneError(code: .unknownZone, zone: name, reason: "no such zone in \(directory)")
  }

  private static func text(of code: CInt) -> String { String(cString: strerror(code)) }
}
