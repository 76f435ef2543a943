/// A strict reader of Prometheus' text format 0.0.4, written from its specification and with promtool's lints.
struct TextFormat {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var samples: [Sample] = []
  private(set) var types: [String: String] = [:]
  private(set) var helps: [String: String] = [:]

  init(_ text: String) throws {
    guard text.isEmpty || text.hasSuffix("\n") else { throw Fault(description: "the last line has no end") }
    var family = ""
    var closed = Set<String>()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# HELP ") {
        let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw Fault(description: "no help: \(line)") }
        guard closed.insert(String(parts[0])).inserted else { throw Fault(description: "\(parts[0]) comes twice") }
        family = String(parts[0])
        helps[family] = String(parts[1])
      } else if line.hasPrefix("# TYPE ") {
        let parts = line.dropFirst(7).split(separator: " ")
        guard parts.count == 2, parts[0] == family, types[family] == nil else {
          throw Fault(description: "TYPE does not follow its HELP: \(line)")
        }
        guard ["counter", "gauge", "histogram"].contains(parts[1]) else { throw Fault(description: "type: \(line)") }
        guard (parts[1] == "counter") == family.hasSuffix("_total") else { throw Fault(description: "_total: \(line)") }
        types[family] = String(parts[1])
      } else {
        let sample = try Self.sample(line)
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { sample.name == family + $0 }) else {
          throw Fault(description: "\(sample.name) stands under \(family)")
        }
        guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
          throw Fault(description: "twice: \(line)")
        }
        samples.append(sample)
      }
    }
    try checkHistograms()
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private static func sample(_ line: Substring) throws -> Sample {
    guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/) else {
      throw Fault(description: "no sample: \(line)")
    }
    let (_, name, inner, text) = match.output
    var labels: [String: String] = [:]
    var rest = inner ?? ""
    while !rest.isEmpty {
      guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[n"\\])*)"(?:,(?=.)|$)/) else {
        throw Fault(description: "labels: \(line)")
      }
      let value = label.output.2.replacing(/\\(.)/) { $0.output.1 == "n" ? "\n" : String($0.output.1) }
      guard labels.updateValue(String(value), forKey: String(label.output.1)) == nil else {
        throw Fault(description: "a label twice: \(line)")
      }
      rest = rest[label.range.upperBound...]
    }
    return Sample(name: String(name), labels: labels, value: try number(text))
  }

  private static func number(_ text: Substring) throws -> Double {
    switch text {
    case "+Inf": return .infinity
    case "-Inf": return -.infinity
    case "NaN": return .nan
    default:
      guard text.wholeMatch(of: /[+-]?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?/) != nil, let value = Double(text) else {
        throw Fault(description: "no number: \(text)")
      }
      return value
    }
  }

  private func checkHistograms() throws {
    for (family, type) in types where type == "histogram" {
      let buckets = samples.filter { $0.name == family + "_bucket" }
      let groups = Dictionary(grouping: buckets) { $0.labels.filter { $0.key != "le" } }
      for (labels, buckets) in groups {
        let bounds = try buckets.map { try Self.number(($0.labels["le"] ?? "")[...]) }
        guard bounds == bounds.sorted(), bounds.last == .infinity else { throw Fault(description: "\(family): bounds") }
        let counts = buckets.map(\.value)
        guard counts == counts.sorted(), counts.last == value(family + "_count", labels) else {
          throw Fault(description: "\(family): counts")
        }
        guard value(family + "_sum", labels) != nil else { throw Fault(description: "\(family): no sum") }
      }
    }
  }
}
