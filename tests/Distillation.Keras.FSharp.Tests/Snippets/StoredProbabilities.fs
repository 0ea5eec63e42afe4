/// Code of docs/distillation.md.
module Snippets.StoredProbabilities

open NUnit.Framework

// <snippet Stored probabilities>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Teachers
// </snippet>

[<Test>]
let ``Stored probabilities`` () =
    // <snippet Stored probabilities>
    let data = Datasets.Digits.LoadData()
    let model = Sequential(Input(28, 28, 1), Flatten(), Dense(64, activation = "relu"), Dense(10, activation = "softmax"))
    model.Compile("adam", "categorical_crossentropy")
    model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 2) |> ignore

    // One row for each row of TrainX. Here from a model; what another program wrote into a file is as good.
    let probabilities = model.Predict data.TrainX

    let teacher = PrecomputedTeacher.FromProbabilities probabilities
    let student = Sequential(Input(28, 28, 1), Flatten(), Dense(16, activation = "relu"), Dense(10, activation = "softmax"))
    let result =
        Distiller(teacher).WithStudent(student)
            .Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 2, validation_split = 0.1)
    printfn $"""{Seq.last result.History["val_teacher_agreement"]}"""
    teacher.Release()
    // </snippet>
    Assert.That(Seq.last result.History["val_teacher_agreement"], Is.GreaterThan 0.6)
    probabilities.Dispose()
