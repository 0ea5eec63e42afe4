/// keras.io's "Structured data classification from scratch": numbers are normalized, categories become rows of zeros and ones, and all of
/// them one vector. Here the table is made up (`Patients`), longer and with fewer columns, and is trained on for fewer epochs.
module KerasPorts.FSharp.Structured

open System
open System.Collections.Generic
open Distillation.Keras
open Examples.Common
open type Distillation.Keras.KerasApi

let private encode_numerical_feature (feature: KerasTensor) (name: string) (dataset: Patients) =
    // Create a Normalization layer for our feature
    let normalizer = keras.layers.Normalization()

    // Learn the statistics of the data, one number a row
    let feature_ds = dataset.Features[name] :?> float32[] |> Array.map Array.singleton
    normalizer.Adapt feature_ds

    // Normalize the input feature
    normalizer.Apply feature

let private encode_categorical_feature (feature: KerasTensor) (name: string) (dataset: Patients) is_string =
    if is_string then
        // Create a lookup layer which will turn strings into integer indices
        let lookup = keras.layers.StringLookup(output_mode = "binary")

        // Learn the set of possible string values and assign them a fixed integer index
        lookup.Adapt dataset.Features[name]

        // Turn the string input into integer indices
        lookup.Apply feature
    else
        let lookup = keras.layers.IntegerLookup(output_mode = "binary")
        lookup.Adapt dataset.Features[name]
        lookup.Apply feature

let run (options: Options) =
    keras.utils.set_random_seed options.Seed
    let training, test = options.SamplesOr(4000, 2000)
    let struct (train, valid) = Patients.MakeSplit(training, test, options.Seed)
    printfn $"Using {train.Count} samples for training and {valid.Count} for validation"

    let layers = keras.layers

    // Categorical features encoded as integers
    let sex = keras.Input(shape = 1, name = "sex", dtype = "int64")
    let cp = keras.Input(shape = 1, name = "cp", dtype = "int64")

    // Categorical feature encoded as string
    let thal = keras.Input(shape = 1, name = "thal", dtype = "string")

    // Numerical features
    let numerical =
        [ "age"; "trestbps"; "chol"; "thalach"; "oldpeak" ]
        |> List.map (fun name -> name, keras.Input(shape = 1, name = name))

    let all_inputs = [ sex.Output; cp.Output; thal.Output; yield! numerical |> List.map (fun (_, input) -> input.Output) ]

    let all_features =
        layers.Concatenate().Apply [|
            // Integer categorical features
            encode_categorical_feature sex.Output "sex" train false
            encode_categorical_feature cp.Output "cp" train false
            // String categorical features
            encode_categorical_feature thal.Output "thal" train true
            // Numerical features
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
    printfn $"This particular patient had a %.1f{100.0f * predictions.GetSingle(0, 0)} percent"
    printfn "probability of having a heart disease, as evaluated by our model."

    let score = model.evaluate (valid.Features, valid.Target)
    Result.ofScore model training score valid.Target valid.BestAccuracy
