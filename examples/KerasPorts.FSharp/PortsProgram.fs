namespace KerasPorts.FSharp

open System.Diagnostics
open System.Globalization
open Examples.Common

/// Runs the ports in turn, and ends with a table of what each reached.
[<AbstractClass; Sealed>]
type PortsProgram private () =
    static let ports =
        [
            "convnet", "keras.io/examples/vision/mnist_convnet", Convnet.run
            "structured", "keras.io/examples/structured_data/structured_data_classification_from_scratch", Structured.run
        ]

    static let runAll (options: Options) =
        CultureInfo.CurrentCulture <- CultureInfo.InvariantCulture

        let results =
            [
                for name, source, run in ports do
                    if options.Only |> Option.forall ((=) name) then
                        printfn $"{name}, after"
                        printfn $"{source}"
                        let start = Stopwatch.GetTimestamp()
                        let result = run options
                        name, result, Stopwatch.GetElapsedTime(start).TotalSeconds
                        printfn ""
            ]

        printfn "%-12s%11s%9s%7s%10s%9s%9s%9s" "port" "parameters" "training" "test" "accuracy" "chance" "best" "seconds"

        for name, r, seconds in results do
            let count (number: int64) = number.ToString("N0", CultureInfo.InvariantCulture)
            let percent (share: float) = share.ToString("P1", CultureInfo.InvariantCulture)
            let sizes = $"%11s{count r.Parameters}%9s{count (int64 r.Training)}%7s{count (int64 r.Test)}"
            let shares = $"%10s{percent r.Accuracy}%9s{percent r.Chance}%9s{percent r.Best}"
            printfn $"%-12s{name}{sizes}{shares}%9.1f{seconds}"

        printfn ""
        printfn "Accuracy on test samples; chance: of always guessing the most frequent class;"
        printfn "best: of who knows how the data were made."

    /// Runs it, and gives the exit code. What training prints goes to the console, the help to `output`, messages to `errors`.
    static member Run(arguments, output, errors) =
        ExampleProgram.Run(Options.line, arguments, Options.read, runAll, output, errors)
