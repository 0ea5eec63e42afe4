/// Code of docs/distillation.md.
module Snippets.ATeacherOfOnesOwn

open NUnit.Framework

// <snippet A teacher of ones own>
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Teachers

/// The mean of several models' logits.
type Ensemble(members: Model list) =
    inherit Teacher("ensemble", [ TeacherOutput("output", TeacherOutputKind.ClassLogits, Shape(10).WithBatch()) ])

    let logits = [ for m in members -> m.PopSoftmax() ]

    // What a fit must not change.
    override _.Weights = [| for m in members do yield! m.Weights |]

    override _.Fingerprint() = String.concat "," [ for m in members -> ModelTeacher(m).Fingerprint() ]

    override _.Compute batch =
        TeacherSignals(torch.stack([ for m in logits -> m.Call(batch.Inputs[0]) ]).mean [| 0L |])
// </snippet>

[<Test>]
let ``A teacher of ones own`` () =
    // <snippet A teacher of ones own>
    let data = Datasets.Digits.LoadData()
    let classifier (units: int) =
        let model = Sequential(Input(28, 28, 1), Flatten(), Dense(units, activation = "relu"), Dense(10, activation = "softmax"))
        model.Compile("adam", "categorical_crossentropy")
        model

    let members: Model list = [ for units in [ 32; 48; 64 ] -> classifier units ]
    for model in members do
        model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 1) |> ignore

    let distiller = Distiller(Ensemble members).WithStudent(classifier 16)
    let result = distiller.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 2)
    printfn $"{result.Evaluate(data.TestX, data.TestY)}"
    // </snippet>
    Assert.That(result.Evaluate(data.TestX, data.TestY).Teacher.Accuracy, Is.GreaterThan 0.7)
