import Glibc

extension MetricsRegistry {
  /// The usual numbers of a process, under the names that every Prometheus client uses.
  public func addProcessMetrics() {
    let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
    let started = Self.startTime()
    counter("process_cpu_seconds_total", "Time that the process ran, user and system.") { Self.cpuSeconds() }
    gauge("process_resident_memory_bytes", "Resident memory.") {
      Self.fields(of: "/proc/self/statm").dropFirst().first.flatMap { Double($0) }.map { $0 * pageSize }
    }
    gauge("process_start_time_seconds", "When the process started, in seconds since 1970.") { started }
    gauge("process_open_fds", "Open descriptors.") { Self.openDescriptors() }
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return seconds(time)
  }

  private static func openDescriptors() -> Double? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return Double(count - 3)  // ".", ".." and the directory itself
  }

  /// The clock now less the time since the start, both from the kernel (proc(5), field 22 of stat).
  private static func startTime() -> Double? {
    let stat = fields(of: "/proc/self/stat")
    var now = timespec()
    var sinceBoot = timespec()
    guard stat.count > 21, let ticks = Double(stat[21]), clock_gettime(CLOCK_REALTIME, &now) == 0,
      clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0
    else { return nil }
    return seconds(now) - seconds(sinceBoot) + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }

  /// The words of a file of /proc; a process name with blanks in it counts as one.
  private static func fields(of path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = fread(&buffer, 1, buffer.count, file)
    let text = String(decoding: buffer.prefix(count), as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return text.split { $0 == " " || $0 == "\n" } }
    return ["pid", "name"] + text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
  }
}
