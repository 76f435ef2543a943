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
  /// The first pause before a daemon is started again that has died before.
  var restartStep: Duration = .seconds(1)

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  static let usage = """
    usage: local-mesh --bin DIR [--root DIR] [--data DIR] [--port-offset N] [--replicas app=N,…] [--cors ORIGIN]
                      [--restart-step MS]
      --bin DIR        the daemons' executables
      --root DIR       where dapr.yaml lies (default .)
      --data DIR       state, log and index (default ./.taskmesh)
      --port-offset N  added to every port (default 0)
      --replicas LIST  task-api=2,… : replica k listens at its port + 100·k
      --cors ORIGIN    an Origin that counts as own; may be given several times
      --restart-step MS  a daemon that dies again and again is started after 1, 2, 4 … 30 of these (default 1000)
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
        portOffset = try Self.number(name, try value(), 0...55_000)
      case "--restart-step": restartStep = .milliseconds(try Self.number(name, try value(), 1...60_000))
      case "--replicas": replicas = try Self.replicas(try value())
      default: throw Fault(description: "there is no option \(name)\n\(Self.usage)")
      }
    }
    if bin.isEmpty { throw Fault(description: "--bin is missing\n\(Self.usage)") }
  }

  private static func number(_ name: String, _ text: String, _ range: ClosedRange<Int>) throws(Fault) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw Fault(
        description: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not `\(text)`")
    }
    return number
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
