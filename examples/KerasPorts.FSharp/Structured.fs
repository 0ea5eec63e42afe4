/// keras.io's "Structured data classification from scratch": numbers are normalized, categories become rows of zeros and ones, and all of
/// them one vector. Here the table is made up (`Patients`), longer and with fewer columns, and is trained on for fewer epochs.
module KerasPorts.FSharp.Structured

open System
open System.Collections.Generic
open Distillation.Keras
open Examples.Common
open type Distillation.Keras.KerasApi

let private encode_numerical_feature (feature: KerasTensor) (name: string) (dataset: Patients) =
    let normalizer = keras.layers.Normalization()

    // One number a row.
    let feature_ds = dataset.Features[name] :?> float32[] |> Array.map Array.singleton
    normalizer.Adapt feature_ds
    normalizer.Apply feature

let private encode_categorical_feature (feature: KerasTensor) (name: string) (dataset: Patients) is_string =
    if is_string then
        let lookup = keras.layers.StringLookup(output_mode = "binary")
        lookup.Adapt dataset.Features[name]
        lookup.Apply feature
    else
        let lookup = keras.layers.IntegerLookup(output_mode = "binary")
        lookup.Adapt dataset.Features[name]
        lookup.Apply feature

let run (options: Options) =
    keras.utils.set_random_seed options.Seed
    let training, test = options.SamplesOr(4000, 2000)
    let struct (train, valid) = Patients.MakeSplit(training, test, options.Seed)
    printfn $"{train.Count} patients to train on, {valid.Count} to validate with"

    let layers = keras.layers

    // Categories as integers.
    let sex = keras.Input(shape = 1, name = "sex", dtype = "int64")
    let cp = keras.Input(shape = 1, name = "cp", dtype = "int64")

    // A category as a string.
    let thal = keras.Input(shape = 1, name = "thal", dtype = "string")

    // Numbers.
    let numerical =
        [ "age"; "trestbps"; "chol"; "thalach"; "oldpeak" ]
        |> List.map (fun name -> name, keras.Input(shape = 1, name = name))

    let all_inputs = [ sex.Output; cp.Output; thal.Output; yield! numerical |> List.map (fun (_, input) -> input.Output) ]

    let all_features =
        layers.Concatenate().Apply [|
            encode_categorical_feature sex.Output "sex" train false
            encode_categorical_feature cp.Output "cp" train false
            encode_categorical_feature thal.Output "thal" train true
            for name, input in numerical do
                encode_numerical_feature input.Output name train
        |]

    let x = layers.Dense(32, activation = "relu").Apply all_features
    let x = layers.Dropout(0.5).Apply x
    let output = layers.Dense(1, activation = "sigmoid").Apply x
    let model = keras.Model(all_inputs, [ output ])
    model.summary (line_length = 80)

    model.compile ("adam", "binary_crossentropy", metrics = [ "accuracy" ])

    model.fit (
        train.Features,
        train.Target,
        epochs = defaultArg options.Epochs 20,
        validation_data = (valid.Features, valid.Target),
        verbose = 2
    )
    |> ignore

    let sample =
        Dictionary<string, Array>(
            dict [
                "age", [| 60.0f |] :> Array
                "sex", [| 1L |]
                "cp", [| 1L |]
                "trestbps", [| 145.0f |]
                "chol", [| 233.0f |]
                "thalach", [| 150.0f |]
                "oldpeak", [| 2.3f |]
                "thal", [| "fixed" |]
            ]
        )

    use predictions = model.predict sample
    printfn $"A man of 60 with a fixed defect: ill with a probability of %.1f{100.0f * predictions.GetSingle(0, 0)} %%"

    let score = model.evaluate (valid.Features, valid.Target)
    Result.ofScore model training score valid.Target valid.BestAccuracy
