/// Code of docs/distillation.md.
module Snippets.PointsWithoutEnd

open NUnit.Framework

// <snippet Points without end>
open System
open Distillation.Keras
open Distillation.Keras.Layers
// </snippet>

[<Test>]
let ``Points without end`` () =
    // <snippet Points without end>
    let points (random: Random) count = Array2D.init count 2 (fun _ _ -> random.NextSingle())

    // Points of the unit square: those within the quarter of a circle are of class 1.
    let x = points (Random 1) 2000
    let y = Array.init 2000 (fun i -> if x[i, 0] ** 2.0f + x[i, 1] ** 2.0f < 0.64f then 1 else 0)
    let teacher = Sequential(Input 2, Dense(64, activation = "relu"), Dense(2, activation = "softmax"))
    teacher.Compile("adam", "sparse_categorical_crossentropy")
    teacher.Fit(x, y, epochs = 10) |> ignore

    // Others in each epoch, without labels: the teacher says what they are.
    let read (pass: DataPass) =
        let random = Random pass.Seed
        seq { for _ in 1..100 -> DataBatch(points random 64) }

    let source = DataSource.FromBatches(read, batches = 100)
    let student = Sequential(Input 2, Dense(8, activation = "relu"), Dense(2, activation = "softmax"))
    let result = Distiller(teacher).WithStudent(student).Fit(source, epochs = 5)
    printfn $"{result.Evaluate(x, y)}"
    // </snippet>
    Assert.That(Seq.last result.History["teacher_agreement"], Is.GreaterThan 0.8)
