/// Code of docs/extending.md.
module Snippets.AModelOfOnesOwn

open NUnit.Framework

// <snippet A model of ones own>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Training

/// Gives its images back through a narrow layer.
type Autoencoder(code: int) =
    inherit Model()

    let flatten = Flatten()
    let encoder = Dense(code, activation = "relu")
    let decoder = Dense(28 * 28, activation = "sigmoid")
    let reshape = Reshape((28, 28, 1))

    let error (batch: Batch) (step: StepContext) =
        step.Forward(batch).[0].sub(batch.X[0]).square().mean ()

    member _.Code = code

    override _.Forward(input, _) = flatten.Call input |> encoder.Call |> decoder.Call |> reshape.Call

    override _.TrainStep(batch, step) =
        let error = error batch step
        step.Report(batch, "error", error)
        step.Minimize error

    override _.TestStep(batch, step) = step.Report(batch, "error", error batch step)
// </snippet>

[<Test>]
let ``A model of ones own`` () =
    // <snippet A model of ones own>
    let data = Datasets.Digits.LoadData()
    let model = Autoencoder 16
    model.Compile "adam"
    let history = model.Fit(data.TrainX, batch_size = 128, epochs = 2, validation_split = 0.1)
    printfn $"""{Seq.last history["val_error"]}"""
    let images = model.Predict data.TestX
    // </snippet>
    Assert.That(history["error"][1], Is.LessThan(history["error"][0]))
    Assert.That((images.shape = data.TestX.shape))
    images.Dispose()
