import Glibc

/// Waits for the machine to be idle, so that a phase does not pay for what the one before left to do, or for others.
enum QuietMachine {
  /// Below this share of all cores' time the machine counts as idle.
  private static let idle = 0.15
  private static let window: Duration = .milliseconds(250)

  /// True once it is idle; false when it was not within `patience`.
  static func wait(_ patience: Duration) async -> Bool {
    let end = ContinuousClock.now + patience
    var before = times()
    while ContinuousClock.now < end {
      try? await Task.sleep(for: window)
      let after = times()
      let all = after.all - before.all
      if all > 0, Double(after.busy - before.busy) / Double(all) < idle { return true }
      before = after
    }
    return false
  }

  /// Ticks since boot of all cores (proc(5), the first line of /proc/stat).
  private static func times() -> (busy: Int, all: Int) {
    let file = open("/proc/stat", O_RDONLY)
    guard file >= 0 else { return (0, 0) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = read(file, &bytes, bytes.count)
    guard count > 0, let line = bytes[..<count].split(separator: UInt8(ascii: "\n")).first else { return (0, 0) }
    let fields = String(decoding: line, as: UTF8.self).split(separator: " ").dropFirst().compactMap { Int($0) }
    guard fields.count >= 8 else { return (0, 0) }
    let all = fields[..<8].reduce(0, +)
    return (all - fields[3] - fields[4], all)  // idle and iowait
  }
}
