/// The command line of `bench durable`, which `ops/bench` calls.
struct DurableSettings: Sendable {
  /// The mesh on this machine's disk as it is, and the one whose commits take longer.
  var portOffsets: [Int] = []
  /// Where the meshes keep their data, in the same order.
  var data: [String] = []
  /// `peers/sqlite_commits.py` and the Python that runs it.
  var script = ""
  var python = ""
  /// The library that makes commits longer (`peers/slow_disk.c`).
  var slowDisk = ""
  var isJSON = false
  var rounds = 3
  var seconds = 3
  var patience: Duration = .seconds(3)

  static let usage = """
    usage: bench durable --mesh OFFSET,DIR --slow-mesh OFFSET,DIR --python PROGRAM --script FILE --slow-disk LIBRARY \
    [--short] [--json]
    """

  init(_ arguments: some Sequence<String>) throws {
    var rest = arguments.makeIterator()
    var meshes: [String: (offset: Int, data: String)] = [:]
    while let name = rest.next() {
      func value() throws -> String {
        guard let value = rest.next(), !value.isEmpty else {
          throw BenchFailure("\(name) needs a value\n\(Self.usage)")
        }
        return value
      }
      switch name {
      case "--mesh", "--slow-mesh":
        let parts = try value().split(separator: ",", maxSplits: 1)
        guard parts.count == 2, let offset = Int(parts[0]), (0...55_000).contains(offset) else {
          throw BenchFailure("\(name) takes a port offset and a folder\n\(Self.usage)")
        }
        meshes[name] = (offset, String(parts[1]))
      case "--python": python = try value()
      case "--script": script = try value()
      case "--slow-disk": slowDisk = try value()
      case "--json": isJSON = true
      case "--short":
        rounds = 1
        seconds = 1
        patience = .milliseconds(500)
      default: throw BenchFailure("there is no option \(name)\n\(Self.usage)")
      }
    }
    guard let plain = meshes["--mesh"], let slow = meshes["--slow-mesh"], !script.isEmpty, !python.isEmpty,
      !slowDisk.isEmpty
    else { throw BenchFailure(Self.usage) }
    portOffsets = [plain.offset, slow.offset]
    data = [plain.data, slow.data]
  }
}
