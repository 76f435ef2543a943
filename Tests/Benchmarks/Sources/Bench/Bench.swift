import Glibc

/// The load generators behind `ops/bench`, which starts what they measure.
@main
struct Bench {
  static func main() async {
    do {
      let arguments = CommandLine.arguments.dropFirst()
      let options = arguments.dropFirst()
      switch arguments.first {
      case "api":
        let settings = try APISettings(options)
        show(try await APIBenchmark(settings).run(), isJSON: settings.isJSON)
      case "durable":
        let settings = try DurableSettings(options)
        show(try await DurableBenchmark(settings).run(), isJSON: settings.isJSON)
      case "overload":
        let settings = try APISettings(options)
        show(try await OverloadBenchmark(settings).run(), isJSON: settings.isJSON)
      default: throw BenchFailure("\(APISettings.usage)\n\(DurableSettings.usage)")
      }
      exit(0)
    } catch {
      Progress.say("bench: \(error)")
      exit(1)
    }
  }

  private static func show(_ report: some Report, isJSON: Bool) {
    print(isJSON ? String(decoding: report.json, as: UTF8.self) + "\n" : report.table, terminator: "")
  }
}

/// What a benchmark found.
protocol Report {
  /// For people: Markdown too.
  var table: String { get }
  /// One object.
  var json: [UInt8] { get }
}
