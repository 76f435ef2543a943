/// The command line of `local-mesh`, which `ops/up` hands on.
struct Options {
  var data = "./.taskmesh"
  var portOffset = 0
  var replicas: [String: Int] = [:]
  /// Where the daemons' executables lie.
  var bin = ""
  /// The checkout with `dapr.yaml` and `compose/components`.
  var root = "."
  var corsOrigins: [String] = []

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  static let usage = """
    usage: local-mesh --bin DIR [--root DIR] [--data DIR] [--port-offset N] [--replicas app=N,…] [--cors ORIGIN]
      --bin DIR        the daemons' executables
      --root DIR       where dapr.yaml lies (default .)
      --data DIR       state, log and index (default ./.taskmesh)
      --port-offset N  added to every port (default 0)
      --replicas LIST  task-api=2,… : replica k listens at its port + 100·k
      --cors ORIGIN    an Origin that counts as own; may be given several times
    """

  init(_ arguments: some Sequence<String>) throws(Fault) {
    var rest = arguments.makeIterator()
    while let name = rest.next() {
      func value() throws(Fault) -> String {
        guard let value = rest.next() else { throw Fault(description: "\(name) needs a value\n\(Self.usage)") }
        return value
      }
      switch name {
      case "--data": data = try value()
      case "--bin": bin = try value()
      case "--root": root = try value()
      case "--cors": corsOrigins.append(try value())
      case "--port-offset":
        let text = try value()
        guard let number = Int(text), (0...55_000).contains(number) else {
          throw Fault(description: "--port-offset takes a number from 0 to 55000, not `\(text)`")
        }
        portOffset = number
      case "--replicas": replicas = try Self.replicas(try value())
      default: throw Fault(description: "there is no option \(name)\n\(Self.usage)")
      }
    }
    if bin.isEmpty { throw Fault(description: "--bin is missing\n\(Self.usage)") }
  }

  private static func replicas(_ text: String) throws(Fault) -> [String: Int] {
    var counts: [String: Int] = [:]
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let count = Int(pair[1]), (1...9).contains(count) else {
        throw Fault(description: "--replicas takes app=N with N from 1 to 9, not `\(part)`")
      }
      counts[String(pair[0])] = count
    }
    return counts
  }
}
