module Distillation.Keras.FSharp.Tests.TeacherTests

open System
open NUnit.Framework
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Measures
open Distillation.Keras.Notebook
open Distillation.Keras.Objectives
open Distillation.Keras.Teachers
open Distillation.Keras.FSharp.Tests.Data

/// The class is the greatest of the first three inputs; the inputs themselves are a feature.
type Rule() =
    inherit Teacher("rule", [ TeacherOutput("output", TeacherOutputKind.ClassLogits, Shape(3).WithBatch()) ])

    override _.Features = readOnlyDict [ "raw", Shape(4).WithBatch() ]

    override _.Fingerprint() = ContentFingerprint().Add("rule").Add("1").ToString()

    override _.Compute batch =
        let input = batch.Inputs[0]
        TeacherSignals([| input.narrow(1, 0L, 3L).mul (torch.tensor 9.0f) |], [| for _ in batch.Features -> input |])

[<Test>]
let ``a teacher written in F# teaches`` () =
    let rule = Rule()
    let distiller = Distiller(rule).WithStudent(mlp 16).WithOptimizer(Optimizers.Adam 0.02).WithSeed(1)
    let result = distiller.Fit(x, epochs = 40, batch_size = 8, verbose = 0)
    Assert.That(Seq.last result.History["teacher_agreement"], Is.GreaterThan 0.9)
    Assert.That(result.Teacher, Is.SameAs rule)
    let score = result.Evaluate(x, labels).Teacher
    Assert.That(struct (score.Name, score.Errors, score.Parameters), Is.EqualTo(struct ("rule", 0, Nullable<int64>())))

[<Test>]
let ``a teacher written in F# gives features`` () =
    let student = Sequential(Input 4, Dense(4, name = "hidden"), Dense(3, activation = "softmax"))
    let distiller = Distiller(Rule()).WithStudent(student).With(FitNetsHint("raw", "hidden"))
    let result = distiller.Fit(x, epochs = 1, verbose = 0)
    Assert.That(result.History.Names.Count, Is.EqualTo 4)
    let unknown = Distiller(Rule()).WithStudent(student).With(FitNetsHint("cooked", "hidden"))
    Assert.That(Action(fun () -> unknown.Fit(x, verbose = 0) |> ignore), Throws.ArgumentException.With.Message.Contains "'raw'")

[<Test>]
let ``what was computed before teaches`` () =
    let teacher = compiled 16
    teacher.Fit(x, y, epochs = 3, verbose = 0) |> ignore
    use logits = teacher.PopSoftmax().Predict x
    use probabilities = teacher.Predict x
    let loss (distiller: Distiller) =
        Utils.SetRandomSeed 2
        let result = distiller.WithStudent(mlp 4).WithSeed(1).Fit(x, labels, epochs = 2, verbose = 0)
        Seq.last result.History["loss"]
    let expected = loss (Distiller teacher)
    let table = logits.ToMuliDimArray<float32>() :?> float32[,]
    let backwards = Array2D.init samples 3 (fun i j -> table[samples - 1 - i, j])
    let numbers = [| for i in samples - 1 .. -1 .. 0 -> int64 i |]
    for precomputed in
        [ PrecomputedTeacher.FromLogits logits
          PrecomputedTeacher.FromLogits table
          PrecomputedTeacher.FromProbabilities(probabilities, name = "stored")
          PrecomputedTeacher.FromLogits(backwards, indices = numbers) ] do
        Assert.That(loss (Distiller precomputed), Is.EqualTo(expected).Within 1e-4)
        precomputed.Release()
        Assert.That(precomputed.IsReleased)

[<Test>]
let ``a model and an encoder are teachers`` () =
    let model = compiled 8
    let teacher = ModelTeacher model
    Assert.That(teacher.Cost.Parameters, Is.EqualTo(Nullable(model.CountParams())))
    Assert.That(teacher.Fingerprint(), Is.EqualTo((ModelTeacher model).Fingerprint()))
    let signals = teacher.Ask(TeacherBatch [| torch.ones (2L, 4L) |])
    Assert.That((signals.Outputs[0].shape = [| 2L; 3L |]))
    let code = Sequential(Input 4, Dense(5, name = "code"), ReLU())
    let student = Sequential(Input 4, Dense(5, name = "hidden"), Dense(3, activation = "softmax"))
    let result = Distiller(ModelTeacher.Encoder code).WithStudent(student).With(FitNetsHint("code", "hidden")).Fit(x, labels, epochs = 1,
                                                                                                                   verbose = 0)
    Assert.That(result.History.Contains "soft_loss", Is.False)

[<Test>]
let ``targets and tables take teachers of any kind`` () =
    let rule: Teacher = Rule()
    let targets = DistillationTargets.From(rule, x, labels)
    Assert.That(DistillationTargets.From(Rule(), x, labels).Count, Is.EqualTo targets.Count)
    let model = mlp 4
    Assert.That(DistillationEvaluation.Of(Rule(), model, x, labels).Teacher.Errors, Is.Zero)
    Assert.That(DistillationEvaluation.Of(compiled 4, model, x, labels).Samples, Is.EqualTo samples)
