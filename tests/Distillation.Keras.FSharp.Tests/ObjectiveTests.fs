module Distillation.Keras.FSharp.Tests.ObjectiveTests

open NUnit.Framework
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Objectives
open Distillation.Keras.Schedules
open Distillation.Keras.FSharp.Tests.Data

let private cnn channels =
    Sequential(
        Input(shape = (6, 6, 1)),
        Conv2D(channels, (3, 3), activation = "relu", name = "conv1"),
        Conv2D(channels, (3, 3), activation = "relu", name = "conv2"),
        GlobalAveragePooling2D(),
        Dense(3, activation = "softmax"))

/// 1 - the cosine of the logits.
type CosineOfLogits() =
    inherit DistillationObjective("cosine_of_logits")

    override _.Compute(signals: ObjectiveSignals) : torch.Tensor =
        let z = torch.nn.functional.normalize (signals.StudentLogits, dim = -1L)
        let v = torch.nn.functional.normalize (signals.TeacherLogits, dim = -1L)
        1.0.ToScalar() - (z * v).sum (-1L)

[<Test>]
let ``an objective is tried on signals that are made by hand`` () =
    use _ = torch.NewDisposeScope()
    let signals = ObjectiveSignals(StudentLogits = torch.ones (2L, 3L), TeacherLogits = torch.ones (2L, 3L))
    let rows = CosineOfLogits().Call signals
    Assert.That(rows.abs().max().item<float32> (), Is.LessThan 1e-6f)
    Assert.That((signals = ObjectiveSignals(StudentLogits = signals.StudentLogits)), Is.False)

[<Test>]
let ``objectives are added by layer names with weights`` () =
    let student = cnn 3
    let result =
        Distiller(cnn 6)
            .WithStudent(student)
            .WithTemperature(5)
            .With(AttentionTransfer("conv2", "conv1"), 100.0)
            .With(FitNetsHint("conv1", "conv1"), 2)
            .With(CosineOfLogits())
            .Fit(images, labels, epochs = 1, verbose = 0)
    Assert.That(result.History.Names, Does.Contain("attention_transfer").And.Contain("fitnets_hint").And.Contain "cosine_of_logits")

[<Test>]
let ``layers may be given themselves and before their activation`` () =
    let teacher = cnn 4
    let student = cnn 4
    let hint = FitNetsHint(teacher.GetLayer "conv2", LayerReference.BeforeActivation "conv2")
    let pairs = [ FeaturePair("conv1", "conv1", FeatureAdapter.Pooling); FeaturePair("conv2", "conv2") ]
    let result =
        Distiller(teacher)
            .WithStudent(student)
            .With(hint, 0.5)
            .With(AttentionTransfer(pairs, distance = AttentionDistance.MeanSquare), LinearSchedule(0.0, 10.0))
            .Fit(images, labels, epochs = 2, verbose = 0)
    Assert.That(result.History["fitnets_hint"].Count, Is.EqualTo 2)

[<Test>]
let ``temperatures and weights may be schedules`` () =
    let distiller =
        Distiller(cnn 4)
            .WithStudent(cnn 2)
            .WithTemperature(CosineSchedule(8.0, 1.0))
            .WithSoftShare(PerSampleSchedule(TeacherUncertainty.Confidence, 0.2, 0.9))
            .With(DecoupledKnowledgeDistillation(temperature = LearntTemperature()), WarmUpSchedule(3.0))
    let history = distiller.Fit(images, labels, epochs = 1, verbose = 0).History
    Assert.That(history.Contains "decoupled_knowledge_distillation")
    Assert.That(distiller.Temperature, Is.EqualTo 8.0)

[<Test>]
let ``without a teacher the labels teach`` () =
    let result = Distiller().WithStudent(cnn 2).With(LabelSmoothing(0.1)).Fit(images, labels, epochs = 1, verbose = 0)
    Assert.That(result.HasTeacher, Is.False)
    Assert.That(result.Evaluate(images, labels).Samples, Is.EqualTo samples)
