/// The command line of `bench api` and `bench overload`, which `ops/bench` calls.
struct APISettings: Sendable {
  var portOffset = 0
  var data = ""
  var peerPort: UInt16 = 8000
  var isJSON = false
  var tasks = 10_000
  var rounds = 3
  var seconds = 2
  /// How long a phase waits for an idle machine at most.
  var patience: Duration = .seconds(3)

  static let usage = "usage: bench api|overload --port-offset N --data DIR --peer-port N [--short] [--json]"

  init(_ arguments: some Sequence<String>) throws {
    var rest = arguments.makeIterator()
    while let name = rest.next() {
      func number(_ range: ClosedRange<Int>) throws -> Int {
        guard let text = rest.next(), let number = Int(text), range.contains(number) else {
          throw BenchFailure("\(name) takes a number of \(range)\n\(Self.usage)")
        }
        return number
      }
      switch name {
      case "--port-offset": portOffset = try number(0...55_000)
      case "--peer-port": peerPort = UInt16(try number(1...65_535))
      case "--data":
        guard let value = rest.next() else { throw BenchFailure("--data takes a folder\n\(Self.usage)") }
        data = value
      case "--json": isJSON = true
      case "--short":
        rounds = 1
        seconds = 1
        patience = .milliseconds(500)
      default: throw BenchFailure("there is no option \(name)\n\(Self.usage)")
      }
    }
    guard !data.isEmpty else { throw BenchFailure("--data is missing\n\(Self.usage)") }
  }
}
