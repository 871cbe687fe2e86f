import Foundation

let name = CommandLine.arguments.dropFirst().first ?? "world"
let day = Date(timeIntervalSince1970: 0).formatted(.iso8601.year().month().day())
print("hello \(name), \(day)")
