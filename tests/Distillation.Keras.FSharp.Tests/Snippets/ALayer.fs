/// Code of docs/extending.md.
module Snippets.ALayer

open NUnit.Framework

// <snippet A layer>
open Distillation.Keras
open Distillation.Keras.Layers

/// Multiplies each feature by a factor that is trained.
type Scale(?initial: float, ?name: string) =
    inherit Layer(Option.toObj name)

    let mutable factors = Unchecked.defaultof<Variable>

    member _.Initial = initial

    override _.ComputeOutputShape(inputShape: Shape) = inputShape

    override this.Build(inputShape: Shape) =
        let start = Initializers.Constant(defaultArg initial 1.0)
        factors <- this.AddWeight("factors", Shape(inputShape.Known(-1, "Scale")), start)

    override _.Forward(input, _) = input.mul factors.Value
// </snippet>

[<Test>]
let ``A layer`` () =
    // <snippet A layer>
    let data = Datasets.Digits.LoadData()
    let model = Sequential(Input(28, 28, 1), Flatten(), Scale(0.5), Dense(10, activation = "softmax"))
    model.Compile("adam", "categorical_crossentropy", [ "accuracy" ])
    model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 1) |> ignore
    // </snippet>
    Assert.That(model.CountParams(), Is.EqualTo(784L + 7850L))
    Assert.That((model.Clone().GetLayer 1 :?> Scale).Initial, Is.EqualTo(Some 0.5))
    use factors = model.GetLayer(1).GetWeights()[0]
    Assert.That(factors.ToArray<float32>() |> Array.exists (fun f -> f <> 0.5f))
