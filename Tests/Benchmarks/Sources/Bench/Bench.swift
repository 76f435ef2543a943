import Glibc

/// The load generators behind `ops/bench`, which starts what they measure.
@main
struct Bench {
  static func main() async {
    do {
      let arguments = CommandLine.arguments.dropFirst()
      guard arguments.first == "api" else { throw BenchFailure(APISettings.usage) }
      let settings = try APISettings(arguments.dropFirst())
      let report = try await APIBenchmark(settings).run()
      print(settings.isJSON ? String(decoding: report.json, as: UTF8.self) + "\n" : report.table, terminator: "")
      exit(0)
    } catch {
      Progress.say("bench: \(error)")
      exit(1)
    }
  }
}
