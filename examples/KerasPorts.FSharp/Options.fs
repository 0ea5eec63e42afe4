namespace KerasPorts.FSharp

// System.CommandLine's GetValue says of numbers too that they may be null.
#nowarn "3265"

open System
open System.CommandLine
open Examples.Common

/// What the program is told.
type Options =
    {
        /// The one port to run, or all.
        Only: string option
        /// How many training samples each uses at most, with a quarter as many for the test; or its own number.
        Samples: int option
        /// The epochs of each, or its own number.
        Epochs: int option
        /// What fixes all random numbers.
        Seed: int
    }

    /// The numbers of training and of test samples, where a port has its own.
    member this.SamplesOr(training, test) =
        match this.Samples with
        | Some most when most < training -> most, min (most / 4) test
        | _ -> training, test

module Options =
    /// What `--only` takes.
    let names = [ "convnet"; "structured" ]

    let private nameList = String.Join(", ", names)

    let private readName name =
        if List.contains name names then
            name
        else
            raise (ArgumentException $"--only does not take '{name}', but one of\n{nameList}.")

    let private only =
        NewOption.Value<string>("--only", "NAME", $"runs one of {nameList} (default: all)", Func<_, _> readName)

    let private samples =
        NewOption.Whole(
            "--samples",
            "trains on at most N samples, and tests on a quarter as many (default: each port's own number)",
            40
        )

    let private epochs =
        NewOption.Whole("--epochs", "epochs (default: each port's own number)", least = 1)

    let private seed =
        NewOption.WholeOr("--seed", "fixes all random numbers", byDefault = 1, least = 0)

    /// Where they come from.
    let line =
        CommandLine(
            "examples/KerasPorts.FSharp",
            "Two of keras.io's classifiers in F#, in Keras' own names. Writes no files.",
            [ only :> Symbol; samples; epochs; seed ] |> ResizeArray,
            "Exit code: 0 when all went well, 1 when the data cannot be had, 2 for a wrong\ncommand line.",
            smoke = [| struct ("--samples", "80"); struct ("--epochs", "1") |]
        )

    /// Takes them from the command line.
    let read (line: ParseResult) =
        {
            Only = line.GetValue only |> Option.ofObj
            Samples = line.GetValue samples |> Option.ofNullable
            Epochs = line.GetValue epochs |> Option.ofNullable
            Seed = line.GetValue seed
        }
