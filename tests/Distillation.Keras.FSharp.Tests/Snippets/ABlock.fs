/// Code of docs/extending.md.
module Snippets.ABlock

open NUnit.Framework

// <snippet A block>
open Distillation.Keras
open Distillation.Keras.Layers

/// Adds to its input what two dense layers make of it.
type Residual(units: int, ?rate: float, ?name: string) =
    inherit Layer(Option.toObj name)

    let narrow = Dense(units, activation = "relu")
    let dropout = Dropout(defaultArg rate 0.1)
    let mutable wide = Unchecked.defaultof<Dense>

    member _.Units = units
    member _.Rate = rate

    override _.Build(inputShape: Shape) = wide <- Dense(inputShape.Known(-1, "Residual"))

    override _.Forward(input, _) = narrow.Call input |> dropout.Call |> wide.Call |> input.add
// </snippet>

[<Test>]
let ``A block`` () =
    // <snippet A block>
    let data = Datasets.Digits.LoadData()
    let model =
        Sequential(
            [ Input(28, 28, 1)
              Flatten()
              Dense(32, activation = "relu")
              Residual 16
              Residual(16, rate = 0.0)
              Dense(10, activation = "softmax") ])
    model.Compile("adam", "categorical_crossentropy", [ "accuracy" ])
    model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 1) |> ignore
    printfn $"{model.Layers[2].Weights[0].Path}"
    // </snippet>
    Assert.That(model.Layers[2].Weights.Count, Is.EqualTo 4)
    Assert.That((model.Clone().Layers[3] :?> Residual).Rate, Is.EqualTo(Some 0.0))
