/// Code of docs/extending.md.
module Snippets.ATrainingLoop

open NUnit.Framework

// <snippet A training loop>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Optimizers
open TorchSharp
// </snippet>

[<Test>]
let ``A training loop`` () =
    // <snippet A training loop>
    Utils.SetRandomSeed 1
    let data = Datasets.Digits.LoadData()
    let model = Sequential(Input(28, 28, 1), Flatten(), Dense(32, activation = "relu"), Dense(10, activation = "softmax"))
    let x = torch.tensor(data.TrainX.ToArray<float32>()).reshape(-1L, 28L, 28L, 1L)
    let y = torch.tensor(data.TrainLabels.ToArray<int>())
    let loss = SparseCategoricalCrossentropy()
    let optimizer = Adam 0.001
    let weights = model.TrainableWeights
    let values = [| for w in weights -> w.Value |]

    let step (batch: torch.Tensor) =
        use _ = torch.NewDisposeScope()
        let p = model.Call(x.index_select(0L, batch), training = true)
        let value = loss.Call(y.index_select(0L, batch), p)
        optimizer.Apply(Seq.toArray (torch.autograd.grad([| value |], values)), weights)

    for batch in torch.randperm(x.shape[0]).split(128L) do
        step batch
    // </snippet>
    model.Compile("sgd", "categorical_crossentropy", [ "accuracy" ])
    Assert.That(model.Evaluate(data.TestX, data.TestY)["accuracy"], Is.GreaterThan 0.6)
