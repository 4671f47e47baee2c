"""The files of a question that are the same for all exams."""

QUESTION_HTML = """\
<pl-question-panel>{{{params.examgen.setting}}}</pl-question-panel>
{{#params.examgen.tasks}}
<pl-question-panel>{{{asked}}}</pl-question-panel>
{{{boxes}}}
{{/params.examgen.tasks}}
<pl-submission-panel>{{#feedback.examgen}}<p>{{feedback.examgen}}</p>{{/feedback.examgen}}</pl-submission-panel>
<pl-answer-panel>{{{params.examgen.solution}}}</pl-answer-panel>
"""
"""Texts, boxes and solution are in the parameters of a variant: its numbers, and how many boxes there are."""

SERVER_PY = '''\
"""Draws the numbers of a variant and marks its answers, both with examgen."""

import sys


def _question(data):
    # Where examgen is not installed, it may lie among the course's own files.
    sys.path.append(data["options"]["server_files_course_path"])
    from examgen.exchange.prairielearn.running import Question

    return Question.in_folder(data["options"]["question_path"])


def generate(data):
    _question(data).generate(data)


def grade(data):
    _question(data).grade(data)
'''

README = """\
# {title}

Copy the folders below `questions/` into `questions/` of your course, and give each question as many points as you like:

{questions}

Each student gets numbers of their own, drawn by examgen {version} from PrairieLearn's seed of the variant. Answers are
marked by examgen, too: within the tolerance of honest rounding, with what follows from a student's own wrong answer,
and with a sentence on the misconception behind it. An empty box costs its own marks only.

## What your server needs

`server.py` imports the Python package examgen {version}. Another version may draw other numbers from the same seed, so
variants that students have open should be finished before it is changed.

- **Your own PrairieLearn**: build an image with examgen in it and run that instead:

  ```dockerfile
  FROM prairielearn/prairielearn
  RUN python3 -m pip install examgen=={version}
  ```

- **Hosted for you**: packages cannot be installed there, but those in `serverFilesCourse/` of your course are found:

  ```sh
  python3 -m pip install --target serverFilesCourse examgen=={version}
  ```

  This takes Linux and the server's version of Python. Ask your host before a course of its size is synced.

`bank/` in each question holds the exam as it was exported. Whoever changes it makes another exam.
"""
