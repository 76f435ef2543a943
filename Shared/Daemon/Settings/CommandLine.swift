/// What a daemon was asked to do, from its arguments and its environment.
enum Invocation<Settings: DaemonSettings> {
  case run(BaseSettings, Settings)
  /// Print this and end.
  case help(String)
  /// Print this as an error and end with 64, `EX_USAGE` of sysexits.h.
  case refuse(String)

  static var usageExitCode: Int32 { 64 }

  init(name: String, arguments: [String], environment: [String: String]) {
    if arguments.contains("--help") || arguments.contains("-h") {
      self = .help(Self.help(name))
      return
    }
    if let argument = arguments.first {
      self = .refuse("\(name): \(argument) is no argument. Settings are environment variables: see --help.\n")
      return
    }
    var reader = SettingsReader(environment: environment)
    let base = BaseSettings(from: &reader, defaultPort: Settings.defaultPort)
    let settings = Settings(from: &reader)
    reader.refuseUnknown()
    guard reader.faults.isEmpty else {
      self = .refuse(reader.faults.map { "\(name): \($0.key): \($0.reason)\n" }.joined())
      return
    }
    self = .run(base, settings)
  }

  private static func help(_ name: String) -> String {
    var reader = SettingsReader(environment: [:])
    _ = BaseSettings(from: &reader, defaultPort: Settings.defaultPort)
    _ = Settings(from: &reader)
    let width = reader.declarations.map(\.key.count).max() ?? 0
    let lines = reader.declarations.map { declaration in
      let padding = String(repeating: " ", count: width - declaration.key.count)
      let initial =
        switch declaration.initial {
        case nil: " (required)"
        case "": ""
        case let text?: " (\(text))"
        }
      return "  \(declaration.key)\(padding)  \(declaration.help)\(initial)"
    }
    return "Usage: \(name)\n\nSettings are environment variables, with their defaults:\n\n"
      + lines.joined(separator: "\n") + "\n"
  }
}
